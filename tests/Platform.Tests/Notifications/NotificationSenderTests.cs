using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Notifications;
using Platform.Outbound;
using Platform.Secrets;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Notifications;

public sealed class NotificationSenderTests
{
    [Fact]
    public async Task Send_ReceiverThatNeverAnswers_IsGivenUpAfterThirtySeconds()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer("/hook", Receiver.Silent);
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var options = new OutboundOptions { AllowHttp = true };
        options.AllowHosts.Add("127.0.0.1");
        using var http = new OutboundHttp(new OutboundGuard(Options.Create(options), Dns.GetHostAddressesAsync), clock);
        var secrets = new SubscriptionSecrets(new PlainBox(), NullLogger<SubscriptionSecrets>.Instance);
        var sender = new NotificationSender(http, secrets, new NotificationPolicies(Options.Create(new NotificationOptions())), Options.Create(new PlatformOptions()), clock);
        var subscription = new NotificationSubscription { UserId = Guid.CreateVersion7(), OrganizationId = Guid.CreateVersion7(), Channel = NotificationChannel.Webhook, CreatedAt = clock.GetUtcNow(), WebhookUrl = receiver.Url("/hook") };

        var sending = sender.SendAsync([Sample(clock.GetUtcNow())], subscription, CancellationToken.None);
        await Until.TrueAsync(() => receiver.At("/hook").Count == 1, "the request is there");
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(sending.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("No answer in time", await sending);
    }

    private static Notification Sample(DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(),
        UserId = Guid.CreateVersion7(),
        OrganizationId = Guid.CreateVersion7(),
        Type = NotificationType.Custom,
        Channel = NotificationChannel.Webhook,
        Severity = NotificationSeverity.Medium,
        Subject = "subject",
        Body = "body",
        Tags = [],
        CreatedAt = now,
    };

    private sealed class PlainBox : ISecretBox
    {
        public Task<string> SealAsync(Guid organizationId, string associatedData, string plainText, CancellationToken ct) => Task.FromResult(plainText);

        public Task<string> OpenAsync(Guid organizationId, string associatedData, string sealedText, CancellationToken ct) => Task.FromResult(sealedText);
    }
}
