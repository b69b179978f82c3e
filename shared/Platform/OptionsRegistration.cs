using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Platform;

public static class OptionsRegistration
{
    /// <summary>
    /// Binds a configuration section to its options class, checks the annotations and stops the start when a value is out of bounds
    /// or the section holds a key that the class does not know (a misspelt limit would otherwise be no limit).
    /// </summary>
    public static OptionsBuilder<T> AddSection<T>(this IServiceCollection services, string section)
        where T : class =>
        services.AddOptions<T>()
            .BindConfiguration(section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
}
