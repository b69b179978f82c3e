using Microsoft.Extensions.DependencyInjection;

namespace Platform.Mail;

public static class MailModule
{
    /// <summary>Registers <see cref="IMailer"/> (singleton).</summary>
    public static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.AddSection<SmtpOptions>(SmtpOptions.Section);
        services.AddSingleton<IMailer, SmtpMailer>();
        return services;
    }
}
