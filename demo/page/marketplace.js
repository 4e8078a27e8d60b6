/**
 * The marketplace API as a frontend uses it. Chat has no logins of its own: a token from here opens the connection.
 *
 * @typedef {{ token: string, expiresAt: number, user: object }} Session `expiresAt` in milliseconds since 1970
 */
export class Marketplace {
  #url;
  #password;

  constructor(url, password) {
    this.#url = url;
    this.#password = password;
  }

  users() {
    return this.#ask('/users');
  }

  products() {
    return this.#ask('/products');
  }

  /** @returns {Promise<Session>} */
  async login(email) {
    return toSession(await this.#ask('/auth/login', { body: { email, password: this.#password } }));
  }

  /** A fresh token for the owner of this one. @returns {Promise<Session>} */
  async refresh(token) {
    return toSession(await this.#ask('/auth/refresh', { token, body: {} }));
  }

  async #ask(path, { token, body } = {}) {
    const response = await fetch(this.#url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) {
      throw new Error(answer.message);
    }
    return answer;
  }
}

function toSession({ accessToken, expiresIn, user }) {
  return { token: accessToken, expiresAt: Date.now() + expiresIn * 1000, user };
}
