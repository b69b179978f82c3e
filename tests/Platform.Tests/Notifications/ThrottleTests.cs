using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Platform.Notifications;

namespace Platform.Tests.Notifications;

/// <summary>A user gets five notifications of one type within a rolling hour.</summary>
public abstract class ThrottleTests(NotificationLab lab)
{
    [Fact]
    public async Task SixthWithinTheHour_IsNotStoredAndCounted_UntilTheHourIsOver()
    {
        var counted = new ConcurrentBag<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, listening) => Enable(instrument, listening) };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => counted.Add((string)tags[0].Value!));
        listener.Start();
        var user = await lab.App.CreateUserAsync();
        for (var i = 0; i < 5; i++)
            Assert.Equal(1, (await lab.TellAsync(user, NotificationType.QuotaWarning)).Value);

        var sixth = await lab.TellAsync(user, NotificationType.QuotaWarning);

        Assert.Equal((ErrorKind.RateLimited, "notification.throttled"), (sixth.Error!.Kind, sixth.Error.Code));
        Assert.Contains("quota_warning", counted);
        Assert.Equal(5, (await lab.RowsAsync(user)).Count);
        Assert.Equal(1, (await lab.TellAsync(user, NotificationType.ResourceLimit)).Value);
        lab.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(1, (await lab.TellAsync(user, NotificationType.QuotaWarning)).Value);
    }

    [Fact]
    public async Task TwentyAtOnce_StoreFive()
    {
        var user = await lab.App.CreateUserAsync();

        var told = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => lab.TellAsync(user)));

        Assert.Equal(5, told.Count(result => result.IsOk));
        Assert.Equal(5, (await lab.RowsAsync(user)).Count);
    }

    [Fact]
    public async Task SecurityAlertsAndGraveAlerts_AreAlwaysStored()
    {
        var user = await lab.App.CreateUserAsync();
        for (var i = 0; i < 7; i++)
        {
            Assert.True((await lab.TellAsync(user, NotificationType.SecurityAlert, NotificationSeverity.Low)).IsOk);
            Assert.True((await lab.TellAsync(user, NotificationType.SystemAlert, NotificationSeverity.High, with: notice => notice with { IsAlert = true })).IsOk);
        }

        Assert.Equal(14, (await lab.RowsAsync(user)).Count);
        Assert.False((await lab.TellAsync(user, NotificationType.SystemAlert, NotificationSeverity.Medium, with: notice => notice with { IsAlert = true })).IsOk);
    }

    [Fact]
    public async Task CustomOnes_CountByTheirEvent()
    {
        var user = await lab.App.CreateUserAsync();
        for (var i = 0; i < 5; i++)
            await lab.TellAsync(user, NotificationType.Custom, tags: ["event:build.completed"]);

        Assert.False((await lab.TellAsync(user, NotificationType.Custom, tags: ["event:build.completed"])).IsOk);
        Assert.True((await lab.TellAsync(user, NotificationType.Custom, tags: ["event:task.completed"])).IsOk);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(26 * 24 * 60)]
    public async Task Schedule_InThePastOrTooFarAhead_IsRefused(int minutes)
    {
        var user = await lab.App.CreateUserAsync();

        var told = await lab.TellAsync(user, with: notice => notice with { ScheduledFor = lab.Clock.GetUtcNow().AddMinutes(minutes) });

        Assert.Equal("notification.schedule", told.Error!.Code);
        Assert.Empty(await lab.RowsAsync(user));
    }

    private static void Enable(Instrument instrument, MeterListener listening)
    {
        if (instrument.Name == NotificationMetrics.ThrottledName)
            listening.EnableMeasurementEvents(instrument);
    }
}

public sealed class ThrottleOnSqliteTests(NotificationLab lab) : ThrottleTests(lab), IClassFixture<NotificationLab>;

public sealed class ThrottleOnPostgresTests(NotificationLabOnPostgres lab) : ThrottleTests(lab), IClassFixture<NotificationLabOnPostgres>;
