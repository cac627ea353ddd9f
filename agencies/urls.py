from django.urls import URLPattern, URLResolver, path

from agencies.views import channel, invitation, me, opening, people, staff, start, viewing

_AGENCY = "agencies/<uuid:agency_id>"

app_name = "agencies"
urlpatterns: list[URLPattern | URLResolver] = [
    # signing in, and one's own account
    path("start/", start.start, name="start"),
    path("me/", me.me, name="me"),
    path("me/agency/", start.my_agency, name="my_agency"),
    path("me/messages/", me.my_messages, name="messages"),
    path("me/messages/<uuid:message_id>/", me.my_message, name="message"),
    path("me/sign-in-codes/", channel.code_channel, name="code_channel"),
    path("me/close/", me.close_account, name="close_account"),
    path("viewing/end/", viewing.end_viewing, name="end_viewing"),
    path("invitations/<str:token>/", invitation.invitation, name="invitation"),
    path("invitations/<str:token>/renew/", invitation.renew_invitation, name="renew_invitation"),
    # an agency and who acts for it
    path("agencies/new/", opening.create, name="create"),
    path(f"{_AGENCY}/people/", people.people, name="people"),
    path(f"{_AGENCY}/people/invite/", people.invite, name="invite"),
    path(f"{_AGENCY}/people/deputy/", people.name_deputy, name="name_deputy"),
    path(f"{_AGENCY}/people/hand-over/", people.hand_over, name="hand_over"),
    path(f"{_AGENCY}/people/<int:user_id>/end/<slug:role>/", people.end_role, name="end_role"),
    path(
        f"{_AGENCY}/invitations/<uuid:invitation_id>/resend/",
        people.resend_invitation,
        name="resend_invitation",
    ),
    path(
        f"{_AGENCY}/invitations/<uuid:invitation_id>/revoke/",
        people.revoke_invitation,
        name="revoke_invitation",
    ),
    # its roster
    path(f"{_AGENCY}/staff/", staff.staff, name="staff"),
    path(f"{_AGENCY}/staff/add/", staff.add_staff, name="add_staff"),
    path(f"{_AGENCY}/staff/<int:staff_id>/", staff.change_staff, name="change_staff"),
    path(f"{_AGENCY}/staff/<int:staff_id>/leaver/", staff.report_leaver, name="report_leaver"),
    path(f"{_AGENCY}/staff/<int:staff_id>/return/", staff.return_staff, name="return_staff"),
]
