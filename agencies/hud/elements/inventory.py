"""Beds and units: element 2.07."""

from django.utils.translation import gettext_lazy as _

from agencies.hud.elements.base import table

INVENTORY = table(
    (
        "coc_code",
        "CoCCode",
        _("Continuum of Care (CoC)"),
        _("Choose the CoC these beds are in"),
        _("the CoC of the beds"),
    ),
    (
        "household_type",
        "HouseholdType",
        _("Household type"),
        _("Choose the household type"),
        _("the household type"),
    ),
    ("es_bed_type", "ESBedType", _("Bed type"), _("Choose the bed type"), _("the bed type")),
    (
        "availability",
        "Availability",
        _("Availability"),
        _("Choose when the beds are available"),
        _("when the beds are available"),
    ),
    (
        "ch_vet_bed_inventory",
        "CHVetBedInventory",
        _("Veterans, chronically homeless"),
        _("Enter the beds for chronically homeless veterans, or 0"),
        _("beds for chronically homeless veterans"),
    ),
    (
        "youth_vet_bed_inventory",
        "YouthVetBedInventory",
        _("Youth veterans"),
        _("Enter the beds for youth veterans, or 0"),
        _("beds for youth veterans"),
    ),
    (
        "vet_bed_inventory",
        "VetBedInventory",
        _("Any other veterans"),
        _("Enter the beds for any other veterans, or 0"),
        _("beds for any other veterans"),
    ),
    (
        "ch_youth_bed_inventory",
        "CHYouthBedInventory",
        _("Youth, chronically homeless"),
        _("Enter the beds for chronically homeless youth, or 0"),
        _("beds for chronically homeless youth"),
    ),
    (
        "youth_bed_inventory",
        "YouthBedInventory",
        _("Any other youth"),
        _("Enter the beds for any other youth, or 0"),
        _("beds for any other youth"),
    ),
    (
        "ch_bed_inventory",
        "CHBedInventory",
        _("Any other chronically homeless people"),
        _("Enter the beds for any other chronically homeless people, or 0"),
        _("beds for any other chronically homeless people"),
    ),
    (
        "other_bed_inventory",
        "OtherBedInventory",
        _("Not dedicated to any group"),
        _("Enter the beds that are not dedicated to any group, or 0"),
        _("beds not dedicated to any group"),
    ),
    ("bed_inventory", "BedInventory", _("Total beds"), _("Enter the total of beds"), _("the total of beds")),
    ("unit_inventory", "UnitInventory", _("Units"), _("Enter the number of units"), _("the number of units")),
    (
        "inventory_start_date",
        "InventoryStartDate",
        _("Beds available from"),
        _("Enter the day the beds become available"),
        _("the day the beds become available"),
    ),
    (
        "inventory_end_date",
        "InventoryEndDate",
        _("Beds available until"),
        _("Enter the last day the beds are available"),
        _("the last day the beds are available"),
    ),
)
