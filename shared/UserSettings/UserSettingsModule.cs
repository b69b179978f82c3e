using Microsoft.Extensions.DependencyInjection;
using Platform.Identity.OAuth;

namespace Platform.UserSettings;

public static class UserSettingsModule
{
    /// <summary>Registers the area: needs the event tail.</summary>
    public static IServiceCollection AddUserSettings(this IServiceCollection services)
    {
        services.AddSingleton<UserSettingsCache>().AddSingleton<UserSettingsSweep>();
        services.AddScoped<SettingsStream>().AddScoped<UserSettingsQueries>().AddScoped<ChangeUserSettings>().AddScoped<RestoreUserSettings>();
        services.AddScoped<IAccountMove, UserSettingsMove>();
        return services;
    }
}
