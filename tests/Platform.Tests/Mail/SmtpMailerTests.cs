using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Platform.Mail;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Mail;

/// <summary>The mailer against a real mail server process.</summary>
public sealed class SmtpMailerTests(SmtpServer server) : IClassFixture<SmtpServer>
{
    private readonly ConcurrentQueue<string> _log = new();

    [Fact]
    public async Task Send_Text_ArrivesAsWritten()
    {
        var text = "Grüße, Ada!\n\n.A line with a dot in front\nhttps://example.com/api/auth/verify-email?token=" + new string('a', 200) + "\n";

        Assert.Equal(MailOutcome.Sent, await Mailer().SendAsync(new MailMessage("ada@example.com", "Überprüfung – bestätigen", text), CancellationToken.None));

        var mail = await server.WaitForAsync("ada@example.com");
        Assert.Equal(("platform@example.com", "Überprüfung – bestätigen", text), (mail.From, mail.Subject, mail.Text.ReplaceLineEndings("\n")));
        Assert.Equal("/api/auth/verify-email", mail.Link().AbsolutePath);
        Assert.Contains(mail.Headers, header => header.StartsWith("Message-ID: <", StringComparison.Ordinal));
        Assert.Contains("Auto-Submitted: auto-generated", mail.Headers);
    }

    [Fact]
    public async Task Send_WithoutHost_IsDisabled()
    {
        var mailer = Mailer(("Smtp:Host", ""));

        Assert.False(mailer.IsEnabled);
        Assert.Equal(MailOutcome.Disabled, await mailer.SendAsync(Mail("nobody@example.com"), CancellationToken.None));
    }

    [Theory]
    [InlineData("a@inject.example\r\nBcc: b@inject.example", "Subject")]
    [InlineData("a@inject.example\n", "Subject")]
    [InlineData("a@inject.example, b@inject.example", "Subject")]
    [InlineData("Ada <a@inject.example>", "Subject")]
    [InlineData("a@inject.example>\r\nRCPT TO:<b@inject.example", "Subject")]
    [InlineData("no address", "Subject")]
    [InlineData("", "Subject")]
    [InlineData("a@inject.example", "Subject\r\nBcc: b@inject.example")]
    [InlineData("a@inject.example", "Subject\nBcc: b@inject.example")]
    [InlineData("a@inject.example", "Subject\0")]
    [InlineData("a@inject.example", "")]
    public async Task Send_RecipientOrSubjectThatIsMoreThanOne_IsRefused(string to, string subject)
    {
        Assert.Equal(MailOutcome.Failed, await Mailer().SendAsync(new MailMessage(to, subject, "Text"), CancellationToken.None));

        Assert.DoesNotContain(server.Mails, mail => Array.Exists(mail.To, address => address.EndsWith("@inject.example", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Send_RefusedRecipient_FailsAndLogsNoAddress()
    {
        Assert.Equal(MailOutcome.Failed, await Mailer().SendAsync(Mail("ada@refused.example"), CancellationToken.None));

        Assert.Contains(_log, line => line.Contains("was not delivered", StringComparison.Ordinal));
        Assert.DoesNotContain(_log, line => line.Contains("refused.example", StringComparison.Ordinal) || line.Contains("Secret text", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_NoServerThere_Fails()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        Assert.Equal(MailOutcome.Failed, await Mailer(("Smtp:Port", $"{port}")).SendAsync(Mail("ada@example.com"), CancellationToken.None));
    }

    [Fact]
    public async Task Send_SilentServer_FailsAtTheLimit()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var clock = new FakeTimeProvider();
        var mailer = Mailer(clock, ("Smtp:Port", $"{((IPEndPoint)listener.LocalEndpoint).Port}"));

        var sending = mailer.SendAsync(Mail("ada@example.com"), CancellationToken.None);
        using var connection = await listener.AcceptTcpClientAsync();
        clock.Advance(TimeSpan.FromSeconds(19));
        Assert.False(sending.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(MailOutcome.Failed, await sending.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Send_Cancelled_Throws()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var cancel = new CancellationTokenSource();

        var sending = Mailer(("Smtp:Port", $"{((IPEndPoint)listener.LocalEndpoint).Port}")).SendAsync(Mail("ada@example.com"), cancel.Token);
        using var connection = await listener.AcceptTcpClientAsync();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Send_TlsDemanded_NeverInThePlain()
    {
        await using var untrusted = await SmtpServer.StartAsync("tls");

        Assert.Equal(MailOutcome.Failed, await Mailer(("Smtp:Tls", "true")).SendAsync(Mail("tls@example.com"), CancellationToken.None));
        Assert.Equal(MailOutcome.Failed, await Mailer(("Smtp:Tls", "true"), ("Smtp:Port", $"{untrusted.Port}")).SendAsync(Mail("tls@example.com"), CancellationToken.None));

        Assert.Empty(server.To("tls@example.com"));
        Assert.Empty(untrusted.Mails);
    }

    [Fact]
    public async Task Send_ServerThatDemandsAPassword_IsSignedInTo()
    {
        await using var closed = await SmtpServer.StartAsync("login");
        var port = ("Smtp:Port", $"{closed.Port}");

        Assert.Equal(MailOutcome.Failed, await Mailer(port).SendAsync(Mail("ada@example.com"), CancellationToken.None));
        Assert.Equal(MailOutcome.Failed, await Mailer(port, ("Smtp:User", "platform"), ("Smtp:Password", "wrong")).SendAsync(Mail("ada@example.com"), CancellationToken.None));
        Assert.Empty(closed.Mails);
        Assert.Equal(MailOutcome.Sent, await Mailer(port, ("Smtp:User", "platform"), ("Smtp:Password", "mail-secret")).SendAsync(Mail("ada@example.com"), CancellationToken.None));

        Assert.Equal("platform", (await closed.WaitForAsync("ada@example.com")).User);
        Assert.DoesNotContain(_log, line => line.Contains("mail-secret", StringComparison.Ordinal) || line.Contains("wrong", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Smtp:From", "")]
    [InlineData("Smtp:From", "no address")]
    [InlineData("Smtp:User", "platform")]
    [InlineData("Smtp:Port", "0")]
    [InlineData("Smtp:Hots", "mail.example.com")]
    public void Settings_OutOfBounds_AreRefused(string key, string value) =>
        Assert.ThrowsAny<Exception>(() => Mailer((key, value)));

    private static MailMessage Mail(string to) => new(to, "Subject", "Secret text");

    private IMailer Mailer(params (string Key, string Value)[] settings) => Mailer(TimeProvider.System, settings);

    private IMailer Mailer(TimeProvider clock, params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>();
        foreach (var (key, value) in server.Settings.Concat(settings))
            all[key] = value;
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(all).Build());
        services.AddSingleton(clock);
        services.AddLogging(logging => logging.AddProvider(new Lines(_log)));
        services.AddMail();
        return services.BuildServiceProvider().GetRequiredService<IMailer>();
    }

    private sealed class Lines(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
