using Platform.Data;

namespace Platform.Domains;

public enum DomainStatus
{
    /// <summary>Its record has not been seen yet.</summary>
    Pending,
    Verified,

    /// <summary>Not looked at any more until somebody asks for it.</summary>
    Failed,
}

/// <summary>Why a check did not verify a domain.</summary>
public enum DomainFault
{
    /// <summary>The name exists and has no TXT record.</summary>
    NoRecord,

    /// <summary>None of the records is the one that was asked for.</summary>
    WrongValue,

    /// <summary>The name does not exist.</summary>
    Nxdomain,
    DnsTimeout,
    DnsError,

    /// <summary>Another organization has verified the name, and its record is still there.</summary>
    ClaimedElsewhere,
}

/// <summary>What a domain leads to.</summary>
public enum DomainTargetType
{
    /// <summary>The latest build of a branch.</summary>
    Build,

    /// <summary>A function: requests for the domain are calls of the function's URL.</summary>
    Function,
}

/// <summary>
/// A domain of a project. Its name is unique in the organization, and among the verified ones of all organizations. Whoever can set a TXT record below the name owns it:
/// that is checked while it is pending every five minutes for an hour and every hour for a week, and daily once it is verified.
/// </summary>
public sealed class Domain : IProjectOwned
{
    private const int MissesUntilFailed = 3;
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    /// <summary>Lower case, punycode, perhaps with a leading <c>*.</c>.</summary>
    public required string Name { get; init; }

    public DomainTargetType? TargetType { get; set; }

    /// <summary>The branch whose build it shows; null for the production branch.</summary>
    public string? TargetBranch { get; set; }

    /// <summary>The function that it leads to.</summary>
    public Guid? TargetFunctionId { get; set; }

    public bool IsPrimary { get; set; }

    /// <summary>Name of another domain of the project.</summary>
    public string? RedirectTo { get; set; }

    public DomainStatus Status { get; private set; }

    /// <summary>32 hexadecimal digits.</summary>
    public required string Challenge { get; init; }

    /// <summary>Since when it has been looked for without success.</summary>
    public required DateTimeOffset PendingSince { get; set; }

    public DateTimeOffset? VerifiedAt { get; private set; }

    public DateTimeOffset? LastCheckedAt { get; private set; }

    /// <summary>Null when it is not looked at any more.</summary>
    public required DateTimeOffset? NextCheckAt { get; set; }

    /// <summary>Checks in a row that did not verify it.</summary>
    public int FailureCount { get; private set; }

    public DomainFault? LastError { get; private set; }

    /// <summary>The values that the last check found instead.</summary>
    public IReadOnlyList<string> Found { get; private set; } = [];

    /// <summary>The minute in which checks by request are counted.</summary>
    public DateTimeOffset? AskedSince { get; private set; }

    public int AskedCount { get; private set; }

    public Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public long Version { get; set; }

    /// <summary>Where the record is looked for.</summary>
    public string RecordName => $"_platform-challenge.{DomainName.ApexOf(Name)}";

    /// <summary>What the record says.</summary>
    public string RecordValue => $"platform-verify={Challenge}";

    public void Lead(DomainTarget? target) => (TargetType, TargetBranch, TargetFunctionId) = (target?.Type, target?.Branch, target?.FunctionId);

    /// <summary>Counts a check by request; false when there were as many as a minute allows.</summary>
    public bool TryAsk(int perMinute, DateTimeOffset now)
    {
        if (AskedSince is not { } since || now - since >= TimeSpan.FromMinutes(1))
            (AskedSince, AskedCount) = (now, 0);
        if (AskedCount >= perMinute)
            return false;
        AskedCount++;
        Version++;
        return true;
    }

    /// <summary>Its record is there.</summary>
    public void Confirm(DateTimeOffset now)
    {
        if (Status != DomainStatus.Verified)
            (Status, VerifiedAt) = (DomainStatus.Verified, now);
        (LastCheckedAt, NextCheckAt, FailureCount, LastError, Found) = (now, now + Day, 0, null, []);
        Touch(now);
    }

    /// <summary>Its record is not there. Says whether that made it fail.</summary>
    /// <param name="asked">Somebody asked for the check, which gives a failed domain another week.</param>
    public bool Miss(DomainFault fault, IReadOnlyList<string> found, bool asked, DateTimeOffset now)
    {
        if (Status == DomainStatus.Failed && asked)
            (Status, PendingSince, FailureCount) = (DomainStatus.Pending, now, 0);
        (LastCheckedAt, LastError, Found) = (now, fault, found);
        FailureCount++;
        Touch(now);
        var isOver = fault == DomainFault.ClaimedElsewhere || (Status == DomainStatus.Verified ? FailureCount >= MissesUntilFailed : now - PendingSince >= Patience);
        if (isOver)
            return Fail();
        NextCheckAt = now + (Status == DomainStatus.Verified ? Day : now - PendingSince < Hour ? Soon : Hour);
        return false;
    }

    /// <summary>Another organization has shown that the name is its own by now.</summary>
    public void Lose(IReadOnlyList<string> found, DateTimeOffset now)
    {
        (LastCheckedAt, LastError, Found) = (now, DomainFault.WrongValue, found);
        FailureCount++;
        Touch(now);
        Fail();
    }

    private bool Fail()
    {
        (Status, NextCheckAt, IsPrimary) = (DomainStatus.Failed, null, false);
        return true;
    }

    /// <summary>Notes a change.</summary>
    internal void Touch(DateTimeOffset now) => (UpdatedAt, Version) = (now, Version + 1);
}
