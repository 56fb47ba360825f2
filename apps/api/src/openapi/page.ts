/** The page that shows the API's description and lets one try it: Swagger UI, its start-up, and its look. */

/** Asks this very origin, whatever name it is known by: the page's policy lets it ask no other. */
export const startScript = `'use strict';
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();

SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: 'none',
  requestInterceptor: (request) => {
    const { pathname, search } = new URL(request.url, location.href);
    return Object.assign(request, { url: location.origin + pathname + search });
  },
});
`;
/** What Swagger UI lacks: room on a phone, header names that can be read in the dark. */
export const styleSheet = `body { margin: 0; }
.swagger-ui .response-col_links { display: none; }
html.dark-mode .swagger-ui table.headers td { color: #e4e6e6; }

@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 10px; }
  .swagger-ui .opblock-tag, .swagger-ui .opblock-section-header { flex-wrap: wrap; height: auto; }
  .swagger-ui .responses-inner { padding: 10px 5px; }
  .swagger-ui .response-col_status { min-width: 0; padding-right: 5px; }
  .swagger-ui table.headers :is(th, td):last-child { display: none; }
}
`;

/** The page; `nonce` is what its policy lets scripts run by. */
export function docsPage(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Footbridge API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/page.css">
</head>
<body>
<main id="reference"></main>
<noscript>This page needs JavaScript. The description itself is <a href="openapi.json">openapi.json</a>.</noscript>
<script nonce="${nonce}" src="docs/swagger-ui-bundle.js"></script>
<script nonce="${nonce}" src="docs/start.js"></script>
</body>
</html>
`;
}
