import { Marketplace } from './marketplace.js';
import { Pane } from './pane.js';

async function start() {
  const response = await fetch('/settings.json');
  if (!response.ok) {
    throw new Error('the demo is still starting; reload in a moment');
  }
  const settings = await response.json();
  const marketplace = new Marketplace(settings.marketplaceUrl, settings.password);
  const [users, products] = await Promise.all([marketplace.users(), marketplace.products()]);

  const main = document.querySelector('main');
  for (const role of ['buyer', 'seller']) {
    const pane = new Pane({ role, settings, marketplace, users, products });
    main.append(pane.element);
    pane.resume();
  }
}

start().catch((error) => {
  const fault = document.querySelector('.fault');
  fault.textContent = `Unable to start: ${error.message}`;
  fault.hidden = false;
});
