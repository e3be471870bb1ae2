from django.db import migrations

# A word or phrase as people type it, in every way the vectors may hold it. A stop word of one of the three
# languages says nothing (and would exclude everything in the others), so it becomes an empty query.
SEARCH_TERM = """
CREATE FUNCTION hub_search_term(term text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    folded text := fold(term);
    english tsquery := phraseto_tsquery('pg_catalog.english', folded);
    french tsquery := phraseto_tsquery('pg_catalog.french', folded);
    arabic tsquery := phraseto_tsquery('pg_catalog.arabic', folded);
BEGIN
    IF numnode(english) = 0 OR numnode(french) = 0 OR numnode(arabic) = 0 THEN
        RETURN ''::tsquery;
    END IF;
    RETURN english || french || arabic || phraseto_tsquery('pg_catalog.simple', folded);
END
$$
"""

# Title, summary, codes and names, body: each stemmed in the language of the text and as it stands, so that
# codes, names and exact words of other languages are found as well.
SEARCH_VECTOR = """
CREATE FUNCTION hub_search_vector(language text, title text, summary text, words text, body text)
RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    config regconfig := CASE language
        WHEN 'fr' THEN 'pg_catalog.french' WHEN 'ar' THEN 'pg_catalog.arabic' ELSE 'pg_catalog.english'
    END;
    plain regconfig := 'pg_catalog.simple';
    a text := fold(title);
    b text := fold(summary);
    c text := fold(words);
    d text := fold(body);
BEGIN
    RETURN setweight(to_tsvector(config, a) || to_tsvector(plain, a), 'A')
        || setweight(to_tsvector(config, b) || to_tsvector(plain, b), 'B')
        || setweight(to_tsvector(config, c) || to_tsvector(plain, c), 'C')
        || setweight(to_tsvector(config, d) || to_tsvector(plain, d), 'D');
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("hub", "0001_initial"), ("core", "0002_fold")]

    operations = [
        migrations.RunSQL(SEARCH_TERM, "DROP FUNCTION hub_search_term(text)"),
        migrations.RunSQL(
            SEARCH_VECTOR, "DROP FUNCTION hub_search_vector(text, text, text, text, text)"
        ),
    ]
