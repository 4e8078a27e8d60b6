import { startService } from './application.js';
import { ConfigError, loadConfig } from './config/load-config.js';

/** Exit codes: 0 after a clean stop, 78 (EX_CONFIG) for a bad environment, 1 for everything else. */
const EX_CONFIG = 78;

async function main(): Promise<void> {
  const { config, warnings } = loadConfig();
  for (const warning of warnings) {
    console.warn(warning);
  }
  const service = await startService(config);
  const stop = (): void => {
    service.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error('unable to stop cleanly;', error);
        process.exit(1);
      },
    );
  };
  // Stays on: without a listener a second signal would kill the process in the middle of its clean stop.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError) {
    console.error(error.message);
    process.exit(EX_CONFIG);
  }
  console.error(error);
  process.exit(1);
});
