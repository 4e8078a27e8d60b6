import { type DynamicModule, Module } from '@nestjs/common';
import type { Database } from './open-database.js';

/** Injection token of the {@link Database}. */
export const DATABASE = Symbol('database');

/** Hands out the one database handle. Whoever opened it closes it: the shutdown order is not Nest's to choose. */
@Module({})
export class DatabaseModule {
  static with(database: Database): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [{ provide: DATABASE, useValue: database }],
      exports: [DATABASE],
    };
  }
}
