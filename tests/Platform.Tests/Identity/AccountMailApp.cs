using Microsoft.Extensions.DependencyInjection;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Identity;

/// <summary>An app that sends its mails to a real mail server, and a clock that tests may set forward.</summary>
public class AccountMailApp : IAsyncLifetime
{
    public const string Site = "https://platform.example";

    public PlatformApp App { get; private set; } = null!;

    public SmtpServer Mail { get; private set; } = null!;

    public ShiftedClock Clock { get; } = new();

    protected virtual (string, string)[] Settings => [];

    public async Task InitializeAsync()
    {
        Mail = await SmtpServer.StartAsync();
        App = await StartAsync(Db.Sqlite);
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await Mail.DisposeAsync();
    }

    /// <summary>A further app on the same mail server.</summary>
    public Task<PlatformApp> StartAsync(Db db) => PlatformApp.StartAsync(
        db,
        configure: services => services.AddSingleton<TimeProvider>(Clock),
        settings: [.. Mail.Settings, ("Platform:PublicUrl", Site), ("RateLimit:Limits:mail", "1000"), ("RateLimit:Limits:verification_mail", "1000"), .. Settings]);

    /// <summary>The token of the newest mail to an address, once there are <paramref name="count"/>.</summary>
    public async Task<string> TokenAsync(string address, int count = 1) => TokenOf((await Mail.WaitForAsync(address, count)).Link());

    public static string TokenOf(Uri link) => Uri.UnescapeDataString(link.Query.TrimStart('?').Split('&').Single(part => part.StartsWith("token=", StringComparison.Ordinal))["token=".Length..]);
}

/// <summary>As <see cref="AccountMailApp"/>, where addresses must be verified.</summary>
public sealed class VerifyingApp : AccountMailApp
{
    protected override (string, string)[] Settings => [("Auth:RequireEmailVerification", "true")];
}
