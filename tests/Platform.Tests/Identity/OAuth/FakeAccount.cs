namespace Platform.Tests.Identity.OAuth;

/// <summary>An account at the fake providers. <paramref name="Email"/> is shown in the profile; <paramref name="Primary"/> only in GitHub's list of addresses.</summary>
public sealed record FakeAccount(long Id, string Login, string? Name = null, string? Email = null, string? Primary = null, bool Verified = true)
{
    private static int _count;

    /// <summary>Somebody nobody has seen before.</summary>
    public static FakeAccount New()
    {
        var number = Interlocked.Increment(ref _count);
        return new FakeAccount(1000 + number, $"octo-{number}-{Guid.CreateVersion7().ToString("N")[^6..]}");
    }
}

/// <summary>How a fake provider misbehaves.</summary>
public enum Mischief
{
    None,
    RefusesCode,
    BreaksToken,
    AnswersGarbage,
    SaysNothing,
    HidesProfile,
}
