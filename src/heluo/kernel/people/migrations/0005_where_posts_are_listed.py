"""Posts keep what lists of people walk along: the name of the person, the county and the school they are in.

The database itself keeps it, so that no set-based write can forget it: whoever writes a post, a name or a path writes
only that. Whoever begins a post holds the person and the organisation as they are until the end of the transaction,
so that a name or a path cannot change beside it unseen.
"""

from django.db import migrations, models

PLACES = """
CREATE FUNCTION people_places(path text, OUT county bigint, OUT school bigint) LANGUAGE sql STABLE AS $$
    SELECT (array_agg(id ORDER BY length(node.path)) FILTER (WHERE level = 'county'))[1],
           (array_agg(id ORDER BY length(node.path)) FILTER (WHERE level = 'school'))[1]
      FROM organisations_organisation AS node
     WHERE id = ANY (string_to_array(rtrim(people_places.path, '.'), '.')::bigint[])
$$
"""
LIST_POST = """
CREATE FUNCTION people_list_post() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    path_there text;
BEGIN
    SELECT name_sort, left(name, 1) INTO NEW.name_sort, NEW.name_first
      FROM people_person WHERE id = NEW.person_id FOR SHARE;
    SELECT path INTO path_there FROM organisations_organisation WHERE id = NEW.organisation_id FOR KEY SHARE;
    SELECT county, school INTO NEW.county, NEW.school FROM people_places(path_there);
    RETURN NEW;
END $$
"""
FOLLOW_NAME = """
CREATE FUNCTION people_follow_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people_post SET name_sort = NEW.name_sort, name_first = left(NEW.name, 1) WHERE person_id = NEW.id;
    RETURN NULL;
END $$
"""
# Most moves change no places: a county that gets another superior with a thousand schools stays their county.
FOLLOW_PATH = """
CREATE FUNCTION people_follow_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_in record := people_places(NEW.path);
BEGIN
    IF now_in IS DISTINCT FROM people_places(OLD.path) THEN
        UPDATE people_post SET county = now_in.county, school = now_in.school WHERE organisation_id = NEW.id;
    END IF;
    RETURN NULL;
END $$
"""
SAID, KEPT = ("person_id", "organisation_id"), ("name_sort", "name_first", "county", "school")


def row(name: str, *columns: str) -> str:
    return "(" + ", ".join(f"{name}.{column}" for column in columns) + ")"


# These come before the rows are filled, those of the posts after: nothing changes unseen, and filling asks nobody twice.
FOLLOWERS = """
CREATE TRIGGER people_name_followed AFTER UPDATE ON people_person FOR EACH ROW
  WHEN ((OLD.name, OLD.name_sort) IS DISTINCT FROM (NEW.name, NEW.name_sort)) EXECUTE FUNCTION people_follow_name();
CREATE TRIGGER people_path_followed AFTER UPDATE ON organisations_organisation FOR EACH ROW
  WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION people_follow_path();
"""
NO_FOLLOWERS = """
DROP TRIGGER people_path_followed ON organisations_organisation;
DROP TRIGGER people_name_followed ON people_person;
"""
LISTED = f"""
CREATE TRIGGER people_post_list BEFORE INSERT ON people_post FOR EACH ROW EXECUTE FUNCTION people_list_post();
CREATE TRIGGER people_post_list_again BEFORE UPDATE ON people_post FOR EACH ROW
  WHEN ({row("OLD", *SAID, *KEPT)} IS DISTINCT FROM {row("NEW", *SAID, *KEPT)}) EXECUTE FUNCTION people_list_post();
"""
NOT_LISTED = """
DROP TRIGGER people_post_list_again ON people_post;
DROP TRIGGER people_post_list ON people_post;
"""
# A post that is listed elsewhere because a name or a path changed has not changed itself.
STAMP = "CREATE TRIGGER people_post_stamp BEFORE UPDATE ON people_post FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*"
STAMPED = f"""
DROP TRIGGER people_post_stamp ON people_post;
{STAMP} AND ({row("OLD", *KEPT)} IS NOT DISTINCT FROM {row("NEW", *KEPT)}
  OR {row("OLD", *SAID)} IS DISTINCT FROM {row("NEW", *SAID)})) EXECUTE FUNCTION clock_stamp();
"""
STAMPED_BEFORE = f"""
DROP TRIGGER people_post_stamp ON people_post;
{STAMP}) EXECUTE FUNCTION clock_stamp();
"""
FILL = """
UPDATE people_post AS post
   SET name_sort = person.name_sort, name_first = left(person.name, 1), county = at.county, school = at.school
  FROM people_person AS person, (
       SELECT organisation.id, places.county, places.school
         FROM organisations_organisation AS organisation, people_places(organisation.path) AS places
       ) AS at
 WHERE person.id = post.person_id AND at.id = post.organisation_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_found_by_name"),
        ("organisations", "0005_states_of_what_is_there"),
    ]

    operations = [
        migrations.AddField(
            model_name="post",
            name="name_sort",
            field=models.CharField(db_collation="C", db_default="", editable=False, max_length=160),
        ),
        migrations.AddField(
            model_name="post",
            name="name_first",
            field=models.CharField(db_default="", editable=False, max_length=1),
        ),
        migrations.AddField(
            model_name="post",
            name="county",
            field=models.BigIntegerField(
                editable=False, help_text="Key of the county bureau it lies under, if any.", null=True
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="school",
            field=models.BigIntegerField(
                editable=False, help_text="Key of the school it lies in, with its teaching points.", null=True
            ),
        ),
        migrations.RunSQL(PLACES, "DROP FUNCTION people_places(text)"),
        migrations.RunSQL(LIST_POST, "DROP FUNCTION people_list_post()"),
        migrations.RunSQL(FOLLOW_NAME, "DROP FUNCTION people_follow_name()"),
        migrations.RunSQL(FOLLOW_PATH, "DROP FUNCTION people_follow_path()"),
        migrations.RunSQL(FOLLOWERS, NO_FOLLOWERS),
        migrations.RunSQL(STAMPED, STAMPED_BEFORE),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["role", "name_sort", "person"], name="posts_of_role_by_name"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                fields=["county", "name_sort", "person", "role", "name_first"], name="posts_of_county_by_name"
            ),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                fields=["school", "name_sort", "person", "role", "name_first"], name="posts_of_school_by_name"
            ),
        ),
        migrations.RunSQL(LISTED, NOT_LISTED),
    ]
