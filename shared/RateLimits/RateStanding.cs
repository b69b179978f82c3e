namespace Platform.RateLimits;

/// <summary>Who and what a request counts for.</summary>
public readonly record struct RateKey(Guid Credential, string? Address, Rate Rate, string Route)
{
    public override string ToString() => Address is null ? $"user:{Credential:N}|{Rate}|{Route}" : $"address:{Address}|{Rate}|{Route}";
}

/// <summary>How a bucket stands after a request was counted or refused. Times are milliseconds since 1970.</summary>
/// <param name="FirstRefusal">The first refusal of the bucket in this window, worth an event.</param>
/// <param name="IsFault">The shared store did not answer.</param>
public readonly record struct RateStanding(bool Allowed, int Limit, int Remaining, long ResetAt, long FreeAt, bool FirstRefusal = false, bool IsFault = false);
