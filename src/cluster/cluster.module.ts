import { type DynamicModule, Module } from '@nestjs/common';
import type { ClusterLink } from './cluster-link.js';

/** Injection token of the {@link ClusterLink}, or of `null` where there is one instance. */
export const CLUSTER_LINK = Symbol('cluster-link');

@Module({})
export class ClusterModule {
  static with(link: ClusterLink | null): DynamicModule {
    return {
      module: ClusterModule,
      global: true,
      providers: [{ provide: CLUSTER_LINK, useValue: link }],
      exports: [CLUSTER_LINK],
    };
  }
}
