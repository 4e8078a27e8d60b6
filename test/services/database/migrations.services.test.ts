import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { migrations } from '../../../migrations/index.js';
import { migrateToLatest } from '../../../src/database/migrate-to-latest.js';
import { type Database, openDatabase } from '../../../src/database/open-database.js';
import { describeWithServices } from '../../support/services/test-services.js';

const ALL = Object.keys(migrations);

describeWithServices('migrating', (services) => {
  const opened: Database[] = [];

  afterEach(() => Promise.all(opened.splice(0).map((db) => db.destroy())));

  function open(url: string): Database {
    const db = openDatabase(
      { engine: 'postgres', url, dataDir: '', poolSize: 3, timeoutMs: 10_000, migrateOnStart: true },
      (error) => {
        throw error;
      },
    );
    opened.push(db);
    return db;
  }

  /**
   * Everything in the catalogue that is not in schema `chat`: schemas, relations, types, functions, extensions, and the
   * rights on them. TOAST tables are named after what they belong to.
   */
  async function worldOutside(db: Database): Promise<string[]> {
    const { rows } = await sql<{ object: string }>`
      with others as (select oid, nspname, nspacl from pg_namespace where nspname !~ '^(chat$|pg_toast|pg_temp)')
      select 'schema ' || nspname || coalesce(nspacl::text, '') as object from others
      union all
      select format('relation %s.%s %s %s', o.nspname, c.relname, c.relkind, c.relacl)
        from pg_class c join others o on o.oid = c.relnamespace
      union all
      select format('type %s.%s', o.nspname, t.typname) from pg_type t join others o on o.oid = t.typnamespace
      union all
      select format('function %s.%s', o.nspname, p.oid::regprocedure)
        from pg_proc p join others o on o.oid = p.pronamespace
      union all
      select format('extension %s %s', extname, extversion) from pg_extension
      union all
      select format('event trigger %s', evtname) from pg_event_trigger
      union all
      select format('setting %s %s', setrole, setconfig) from pg_db_role_setting
      union all
      select format('default rights %s', defaclacl) from pg_default_acl
       order by 1`.execute(db);
    return rows.map(({ object }) => object);
  }

  it('takes an empty database to the latest schema, each step once', async () => {
    const db = open((await services.freshDatabase()).url);

    expect(await migrateToLatest(db)).toEqual(ALL);
    expect(await migrateToLatest(db)).toEqual([]);

    const { rows } = await sql<{ name: string }>`
      select tablename as name from pg_tables where schemaname = 'chat' order by tablename`.execute(db);
    expect(rows.map(({ name }) => name)).toEqual([
      'blocks',
      'chat_context',
      'chat_members',
      'chat_numbers',
      'chats',
      'former_members',
      'group_keys',
      'kysely_migration',
      'kysely_migration_lock',
      'message_edits',
      'message_words',
      'messages',
      'reports',
      'search_positions',
      'user_presence',
      'user_profiles',
    ]);
  });

  it('is done once when five instances start at the same time, and all of them find it done', async () => {
    const { url } = await services.freshDatabase();
    const nodes = Array.from({ length: 5 }, () => open(url));

    const applied = await Promise.all(nodes.map((node) => migrateToLatest(node)));

    expect(applied.flat().toSorted()).toEqual(ALL);
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    for (const node of nodes) {
      expect(await node.selectFrom('chat.messages').selectAll().execute()).toEqual([]);
    }
  });

  it('leaves no trace outside schema chat', async () => {
    const db = open((await services.freshDatabase()).url);
    const before = await worldOutside(db);
    expect(before.length).toBeGreaterThan(1_000);

    await migrateToLatest(db);

    expect(await worldOutside(db)).toEqual(before);
  });

  it("does not mistake the marketplace's own migrations and tables for its own", async () => {
    const db = open((await services.freshDatabase()).url);
    await sql`create table public.kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)`.execute(
      db,
    );
    await sql`insert into public.kysely_migration values ('0001_chats', 'long ago')`.execute(db);
    await sql`create table public.messages (id integer)`.execute(db);

    expect(await migrateToLatest(db)).toEqual(ALL);

    const { rows } = await sql`select * from public.kysely_migration`.execute(db);
    expect(rows).toEqual([{ name: '0001_chats', timestamp: 'long ago' }]);
  });

  describe('that cannot be finished', () => {
    it('leaves nothing half done, and can be repeated', async () => {
      const db = open((await services.freshDatabase()).url);
      await sql`create schema chat`.execute(db);
      await sql`create table chat.messages (stands_in_the_way integer)`.execute(db);

      await expect(migrateToLatest(db)).rejects.toThrow('already exists');
      const { rows } =
        await sql`select tablename from pg_tables where schemaname = 'chat' and tablename = 'chats'`.execute(db);
      expect(rows).toEqual([]);

      await sql`drop table chat.messages`.execute(db);
      expect(await migrateToLatest(db)).toEqual(ALL);
    });
  });
});
