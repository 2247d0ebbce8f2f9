// The document of the API, drawn by Swagger UI from our own files; nobody else is asked.
SwaggerUIBundle({
  url: "/api/v1/schema/openapi.json",
  dom_id: "#operations",
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
