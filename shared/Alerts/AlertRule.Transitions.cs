namespace Platform.Alerts;

/// <summary>The states of an alert and what leads from one to another (delivery.md §6.3).</summary>
public sealed partial class AlertRule
{
    private const int FailuresBeforeError = 3;

    /// <summary>Takes the outcome of an evaluation and says what has to be told and written down because of it.</summary>
    public AlertStep Take(AlertOutcome outcome, DateTimeOffset now)
    {
        var muteEnded = EndMute(now);
        (LastEvaluatedAt, NextEvaluationAt) = (now, now.AddSeconds(EvaluationIntervalSeconds));
        Version++;
        var step = outcome.Error is { } error ? Fail(error, now) : Decide(outcome, now);
        if (step.Message is null && State == AlertRuleState.Firing && (muteEnded || IsToBeToldAgain(now)))
            step = step with { Message = AlertMessage.Firing };
        return Told(step, now);
    }

    /// <summary>The state that the outcome would lead to; changes nothing.</summary>
    public AlertRuleState WouldBe(AlertOutcome outcome, DateTimeOffset now)
    {
        var copy = (AlertRule)MemberwiseClone();
        copy.Take(outcome, now);
        return copy.State;
    }

    /// <summary>Ends what is open: a user has seen to it, or the alert is another one from now on.</summary>
    public AlertStep Close(DateTimeOffset now)
    {
        Version++;
        return Told(Calm(now), now);
    }

    /// <summary>Starts afresh after a change of what it watches.</summary>
    public AlertStep Restart(DateTimeOffset now)
    {
        var step = Close(now);
        (NextEvaluationAt, LastError, LastValue, Failures) = (now, null, null, 0);
        return step;
    }

    public void Mute(DateTimeOffset until, Guid? by, string? reason)
    {
        (MutedUntil, MutedBy, MuteReason) = (until, by, reason);
        Version++;
    }

    /// <summary>A firing alert is told of once when its mute ends.</summary>
    public AlertStep Unmute(DateTimeOffset now)
    {
        var wasMuted = MutedUntil is not null;
        ClearMute();
        Version++;
        return Told(wasMuted && State == AlertRuleState.Firing ? new AlertStep { Message = AlertMessage.Firing } : default, now);
    }

    private AlertStep Fail(string error, DateTimeOffset now)
    {
        (LastError, Failures) = (error, Failures + 1);
        if (Failures >= FailuresBeforeError && State != AlertRuleState.Firing)
            Enter(AlertRuleState.Error, now);
        return default;
    }

    private AlertStep Decide(AlertOutcome outcome, DateTimeOffset now)
    {
        (LastError, Failures) = (null, 0);
        LastValue = outcome.Value;
        var holds = outcome.Holds ?? NoDataState switch
        {
            NoDataState.Ok => false,
            NoDataState.Firing => true,
            _ => null,
        };
        if (holds is null)
            return NoDataState == NoDataState.KeepLast ? default : LoseData(now);
        return holds.Value ? Alarm(now) : Calm(now);
    }

    private AlertStep Alarm(DateTimeOffset now)
    {
        if (State == AlertRuleState.Firing)
            return default;
        if (State != AlertRuleState.Pending && ForSeconds > 0)
        {
            Enter(AlertRuleState.Pending, now);
            PendingSince = now;
            return default;
        }

        if (State == AlertRuleState.Pending && now - PendingSince < TimeSpan.FromSeconds(ForSeconds))
            return default;
        Enter(AlertRuleState.Firing, now);
        FiringSince = now;
        return IncidentId is null ? new AlertStep { Opens = true, Message = AlertMessage.Firing } : default; // one that lost its data goes on
    }

    private AlertStep Calm(DateTimeOffset now)
    {
        if (State != AlertRuleState.Ok)
            Enter(AlertRuleState.Ok, now);
        return IncidentId is null ? default : new AlertStep { Closes = true, Message = AlertMessage.Resolved };
    }

    private AlertStep LoseData(DateTimeOffset now)
    {
        if (State == AlertRuleState.NoData)
            return default;
        Enter(AlertRuleState.NoData, now);
        return new AlertStep { LosesData = IncidentId is not null, Message = AlertMessage.NoData };
    }

    private void Enter(AlertRuleState state, DateTimeOffset now)
    {
        if (State != state)
            StateSince = now;
        (State, PendingSince) = (state, null);
        if (state != AlertRuleState.Firing)
            FiringSince = null;
    }

    private bool IsToBeToldAgain(DateTimeOffset now) => RenotifyMinutes > 0 && LastNotifiedAt <= now.AddMinutes(-RenotifyMinutes);

    // Keeps from the step what nobody wants to hear or may hear now.
    private AlertStep Told(AlertStep step, DateTimeOffset now)
    {
        var isWanted = step.Message switch
        {
            AlertMessage.Firing => NotifyOn.Contains(AlertNotifyOn.Firing),
            AlertMessage.Resolved => NotifyOn.Contains(AlertNotifyOn.Resolved),
            AlertMessage.NoData => NotifyOn.Contains(AlertNotifyOn.NoData),
            _ => false,
        };
        if (!isWanted || IsMuted(now))
            return step with { Message = null };
        LastNotifiedAt = now;
        return step;
    }

    private bool EndMute(DateTimeOffset now)
    {
        if (MutedUntil is not { } until || until > now)
            return false;
        ClearMute();
        return true;
    }

    private void ClearMute() => (MutedUntil, MutedBy, MuteReason) = (null, null, null);
}

/// <summary>What an evaluation found: the condition holds, does not, or (null) nobody can tell; or it failed.</summary>
public sealed record AlertOutcome(bool? Holds, double? Value, string? Error = null);

/// <summary>What an alert's users are told.</summary>
public enum AlertMessage
{
    Firing,
    Resolved,
    NoData,
}

/// <summary>What follows from a change of an alert's state.</summary>
public readonly record struct AlertStep
{
    /// <summary>An incident begins.</summary>
    public bool Opens { get; init; }

    /// <summary>The open incident ends.</summary>
    public bool Closes { get; init; }

    /// <summary>The open incident goes on without data.</summary>
    public bool LosesData { get; init; }

    /// <summary>Null when nobody is told.</summary>
    public AlertMessage? Message { get; init; }
}
