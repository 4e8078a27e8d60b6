export * from './commands.js';
export * from './entities.js';
export * from './errors.js';
export * from './events.js';
export * from './http-status.js';
export * from './identifiers.js';
export * from './limits.js';
export * from './routes.js';
