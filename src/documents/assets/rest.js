/* global SwaggerUIBundle */
window.ui = SwaggerUIBundle({
  url: '/docs/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  // Otherwise it would send the document to a service on the internet.
  validatorUrl: null,
});
