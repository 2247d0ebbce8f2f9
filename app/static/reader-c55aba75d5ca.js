(()=>{SwaggerUIBundle({url:"/api/v1/schema/openapi.json",dom_id:"#operations",deepLinking:!0,validatorUrl:null,presets:[SwaggerUIBundle.presets.apis],layout:"BaseLayout"});})();
