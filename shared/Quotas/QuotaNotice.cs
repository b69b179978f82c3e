using Platform.Data;

namespace Platform.Quotas;

/// <summary>That a subject has come to a limit of a day; its key makes it be told once.</summary>
[PlatformScoped]
public sealed class QuotaNotice
{
    public required Guid SubjectId { get; init; }

    public required DateOnly Day { get; init; }

    public required QuotaType Quota { get; init; }

    public required QuotaLevel Level { get; init; }
}

public enum QuotaLevel
{
    Soft,
    Hard,
}
