/** A user as the marketplace knows them. `GET /auth/me` answers with this, and so does the login. */
export interface MarketplaceUser {
  id: number | string;
  username: string;
  firstName: string;
  lastName: string;
  avatarUrl: string;
  role: 'buyer' | 'seller';
  email: string;
}

/** A user on the shelf; the avatar's address is added by the server that serves it. */
export type CatalogueUser = Omit<MarketplaceUser, 'avatarUrl'>;

export interface Product {
  id: number;
  sellerId: number;
  title: string;
  /** In cents, so that no price is a rounded one. */
  priceCents: number;
  currency: 'EUR';
}

/** One password for everybody: the stub guards nothing, it only has to issue real tokens. */
export const DEMO_PASSWORD = 'demo';

export const catalogueUsers: readonly CatalogueUser[] = [
  user(123, 'buyer', 'Anna', 'Berg'),
  user(124, 'buyer', 'Tomas', 'Novak'),
  user(125, 'buyer', 'Mina', 'Okafor'),
  user(456, 'seller', 'Sam', 'Carver'),
  user(457, 'seller', 'Lena', 'Frost'),
];

export const catalogueProducts: readonly Product[] = [
  product(1001, 456, 'Walnut side table', 18_500),
  product(1002, 456, 'Reading lamp, brass', 6_400),
  product(1003, 457, 'Road bike, 54 cm', 74_000),
  product(1004, 457, 'Wool blanket', 4_900),
];

function user(id: number, role: CatalogueUser['role'], firstName: string, lastName: string): CatalogueUser {
  const username = firstName.toLowerCase();
  return { id, username, firstName, lastName, role, email: `${username}@demo.example` };
}

function product(id: number, sellerId: number, title: string, priceCents: number): Product {
  return { id, sellerId, title, priceCents, currency: 'EUR' };
}
