using Microsoft.Extensions.DependencyInjection;

namespace Platform.Functions.Documentation;

public static class DocumentationModule
{
    /// <summary>Registers the OpenAPI document, its viewer and the root page. Needs the operation catalogue and the summaries.</summary>
    public static IServiceCollection AddDocumentation(this IServiceCollection services)
    {
        services.AddSingleton<ApiDescription>();
        services.AddSingleton<SwaggerFiles>();
        services.AddSingleton<RootPage>();
        return services;
    }
}
