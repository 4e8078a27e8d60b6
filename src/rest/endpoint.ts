import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { RouteShape } from '../contract/index.js';

/** A request's fields by where they came from. */
export interface RequestParts {
  inPath: Record<string, string>;
  /** The fields of the query, or the body, as the route has them. */
  sent: unknown;
}

/** Runs what a route stands for, for somebody who was let in. @param payload all fields together */
export type RunEndpoint = (payload: unknown, parts: RequestParts) => Promise<unknown>;

/** A route with what it does. */
export interface Endpoint extends RouteShape {
  name: string;
  /** Completes the sentence "unable to …" in every error. */
  operation: string;
  /** The HTTP status of a success. */
  status: 200 | 201;
  /**
   * Says how the fields of a query are read; `null` leaves them as text. Checking the payload by it is the business of what `admit`
   * returns.
   */
  payload: z.ZodType | null;
  /**
   * Lets a request in, by its headers alone: bodies are read only of those who may send one.
   *
   * @throws ChatError
   */
  admit(request: IncomingMessage): Promise<RunEndpoint>;
}
