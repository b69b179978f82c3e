using Platform.Alerts;

namespace Platform.Tests.Alerts;

/// <summary>Every transition of delivery.md §6.3, and what is told of it.</summary>
public sealed class AlertTransitionTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Outcomes (t true, f false, u unknown, x failed; a number waits so many minutes) and the state after each.</summary>
    [Theory]
    [InlineData(0, NoDataState.NoData, "t", "Firing")]
    [InlineData(0, NoDataState.NoData, "f t t f", "Ok Firing Firing Ok")]
    [InlineData(120, NoDataState.NoData, "t 1 t 1 t", "Pending Pending Firing")]
    [InlineData(120, NoDataState.NoData, "t 1 f 1 t 2 t f", "Pending Ok Pending Firing Ok")]
    [InlineData(0, NoDataState.NoData, "u f", "NoData Ok")]
    [InlineData(0, NoDataState.NoData, "u t u t f", "NoData Firing NoData Firing Ok")]
    [InlineData(60, NoDataState.NoData, "t u t", "Pending NoData Pending")]
    [InlineData(0, NoDataState.Ok, "t u", "Firing Ok")]
    [InlineData(60, NoDataState.Ok, "t u", "Pending Ok")]
    [InlineData(0, NoDataState.Firing, "u f", "Firing Ok")]
    [InlineData(60, NoDataState.Firing, "u 1 u", "Pending Firing")]
    [InlineData(60, NoDataState.KeepLast, "u t u 1 t u f u", "Ok Pending Pending Firing Firing Ok Ok")]
    [InlineData(0, NoDataState.NoData, "x x x f", "Ok Ok Error Ok")]
    [InlineData(0, NoDataState.NoData, "x x f x x x t", "Ok Ok Ok Ok Ok Error Firing")]
    [InlineData(60, NoDataState.NoData, "x x x t 1 t", "Ok Ok Error Pending Firing")]
    [InlineData(0, NoDataState.NoData, "t x x x x", "Firing Firing Firing Firing Firing")]
    [InlineData(0, NoDataState.NoData, "u x x x u", "NoData NoData NoData Error NoData")]
    public void States_FollowTheTable(int forSeconds, NoDataState noData, string outcomes, string states)
    {
        var (alert, now) = (New(forSeconds, noData), Start);
        List<string> seen = [];
        foreach (var word in outcomes.Split(' '))
        {
            if (int.TryParse(word, out var minutes))
            {
                now = now.AddMinutes(minutes);
                continue;
            }

            Step(alert, Outcome(word), now);
            seen.Add(alert.State.ToString());
        }

        Assert.Equal(states, string.Join(' ', seen));
    }

    [Theory]
    [InlineData("t t f", "+firing,,-resolved")]
    [InlineData("t u t f", "+firing,nodata,,-resolved")]
    [InlineData("t u f", "+firing,nodata,-resolved")]
    [InlineData("u f", "nodata,")]
    [InlineData("f x x x f", ",,,,")]
    public void Steps_TellWhatBeginsAndEnds(string outcomes, string steps)
    {
        var alert = New(0, NoDataState.NoData);
        alert.NotifyOn = [AlertNotifyOn.Firing, AlertNotifyOn.Resolved, AlertNotifyOn.NoData];
        var seen = outcomes.Split(' ').Select(word => Step(alert, Outcome(word), Start)).Select(step =>
            $"{(step.Opens ? "+" : "")}{(step.Closes ? "-" : "")}{step.Message?.ToString().ToLowerInvariant()}");
        Assert.Equal(steps, string.Join(',', seen));
    }

    [Fact]
    public void Messages_OnlyOfWhatIsWanted()
    {
        var alert = New(0, NoDataState.NoData);
        alert.NotifyOn = [AlertNotifyOn.Resolved];
        Assert.Null(Step(alert, Outcome("t"), Start).Message);
        Assert.Equal(AlertMessage.Resolved, Step(alert, Outcome("f"), Start).Message);
        Assert.Null(Step(alert, Outcome("u"), Start).Message);
    }

    [Fact]
    public void FiringAlert_IsToldOfAgainAfterItsTime()
    {
        var alert = New(0, NoDataState.NoData);
        alert.RenotifyMinutes = 10;
        Step(alert, Outcome("t"), Start);
        Assert.Null(Step(alert, Outcome("t"), Start.AddMinutes(9)).Message);
        Assert.Equal(AlertMessage.Firing, Step(alert, Outcome("t"), Start.AddMinutes(10)).Message);
        Assert.Null(Step(alert, Outcome("t"), Start.AddMinutes(19)).Message);
        Assert.Equal(AlertMessage.Firing, Step(alert, Outcome("x"), Start.AddMinutes(20)).Message);
    }

    [Fact]
    public void MutedAlert_IsToldOfOnceWhenTheMuteEnds()
    {
        var alert = New(0, NoDataState.NoData);
        alert.Mute(Start.AddMinutes(5), by: null, "quiet");
        var opened = Step(alert, Outcome("t"), Start);
        Assert.True(opened.Opens && opened.Message is null && alert.IsMuted(Start));
        Assert.Equal(AlertMessage.Firing, Step(alert, Outcome("t"), Start.AddMinutes(5)).Message);
        Assert.Null(Step(alert, Outcome("t"), Start.AddMinutes(6)).Message);
        Assert.Null(alert.MuteReason);

        alert.Mute(Start.AddMinutes(60), by: null, reason: null);
        Assert.Equal(AlertMessage.Firing, alert.Unmute(Start.AddMinutes(7)).Message);
        Assert.Null(alert.Unmute(Start.AddMinutes(8)).Message);
        alert.Mute(Start.AddMinutes(60), by: null, reason: null);
        var closed = Step(alert, Outcome("f"), Start.AddMinutes(9));
        Assert.True(closed.Closes && closed.Message is null);
        Assert.Null(alert.Unmute(Start.AddMinutes(10)).Message);
    }

    [Fact]
    public void WouldBe_ChangesNothing()
    {
        var alert = New(0, NoDataState.NoData);
        Assert.Equal((AlertRuleState.Firing, AlertRuleState.Ok, 0), (alert.WouldBe(Outcome("t"), Start), alert.State, alert.Version));
    }

    private static AlertStep Step(AlertRule alert, AlertOutcome outcome, DateTimeOffset now)
    {
        var step = alert.Take(outcome, now);
        if (step.Opens)
            alert.IncidentId = Guid.CreateVersion7();
        if (step.Closes)
            alert.IncidentId = null;
        return step;
    }

    private static AlertOutcome Outcome(string word) => word switch
    {
        "t" => new(true, 1),
        "f" => new(false, 0),
        "u" => new(null, null),
        _ => new(null, null, "broken"),
    };

    private static AlertRule New(int forSeconds, NoDataState noData) => new()
    {
        Id = Guid.CreateVersion7(),
        OrganizationId = Guid.CreateVersion7(),
        ProjectId = Guid.CreateVersion7(),
        Name = "a",
        NameKey = "a",
        Expression = "1 > 2",
        NotifyOn = [AlertNotifyOn.Firing, AlertNotifyOn.Resolved],
        Labels = new Dictionary<string, string>(),
        CreatedAt = Start,
        ForSeconds = forSeconds,
        NoDataState = noData,
        EvaluationIntervalSeconds = 60,
        Enabled = true,
    };
}
