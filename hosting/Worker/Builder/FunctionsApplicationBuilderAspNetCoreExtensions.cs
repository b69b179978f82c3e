namespace EmbeddedFunctions.Worker.Builder;

/// <summary>Turns HTTP on.</summary>
public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    /// <summary>Serves HTTP functions with ASP.NET Core. Comes before any middleware is added, as the official worker demands; otherwise throws <see cref="InvalidOperationException"/>.</summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        builder.EnableHttp();
        return builder;
    }
}
