import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0012_carry_people_into_the_directory")]

    operations = [
        migrations.RemoveField(
            model_name='contact',
            name='email',
        ),
        migrations.RemoveField(
            model_name='contact',
            name='extension',
        ),
        migrations.RemoveField(
            model_name='contact',
            name='name',
        ),
        migrations.RemoveField(
            model_name='contact',
            name='phone',
        ),
        migrations.RemoveField(
            model_name='contact',
            name='title',
        ),
        migrations.AlterField(
            model_name="contact",
            name="person",
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name="contacts", to="agencies.person"),
        ),
    ]
