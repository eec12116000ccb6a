"""What was published before links were noted has its links noted too."""

from django.db import migrations

NOTE = """
INSERT INTO resources_link (version_id, address, host, due_at, failures, trouble)
SELECT DISTINCT named.version, named.address,
       lower(substring(named.address FROM '^[Hh][Tt][Tt][Pp][Ss]?://(?:[^/@?#]*@)?([^/:?#]+)')), now(), 0, ''
  FROM (
    SELECT version.id, rtrim(found[1], '.,;:!?*_~|]}')
      FROM resources_resource AS resource
      JOIN resources_resourceversion AS version ON version.id = resource.published_id
      CROSS JOIN LATERAL regexp_matches(
           version.description || ' ' || version.third_party_statement,
           'https?://[^\\s<>"''`，。；：、！？（）【】《》“”‘’「」]+', 'gi') AS found
    UNION
    SELECT attached.version_id, item ->> 'href'
      FROM resources_resource AS resource
      JOIN resources_attachment AS attached ON attached.version_id = resource.published_id
      JOIN files_storedfile AS file ON file.id = attached.file_id
      JOIN files_blob AS blob ON blob.id = file.blob_id
      CROSS JOIN LATERAL jsonb_array_elements(blob.manifest -> 'items') AS item
     WHERE item ->> 'kind' = 'link'
  ) AS named(version, address)
 WHERE length(named.address) <= 500
   AND length(substring(named.address FROM '^[Hh][Tt][Tt][Pp][Ss]?://(?:[^/@?#]*@)?([^/:?#]+)')) <= 253
"""


class Migration(migrations.Migration):
    dependencies = [("resources", "0013_links"), ("files", "0002_courseware")]

    operations = [migrations.RunSQL(NOTE, migrations.RunSQL.noop)]
