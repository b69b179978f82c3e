using Platform.Data;

namespace Platform.Quotas;

/// <summary>Refusals about usage and quotas.</summary>
public static class QuotaErrors
{
    public const string ExceededCode = "quota.exceeded";

    public static readonly Error SubjectNotFound = Error.NotFound("quota.subject_not_found", "User, project or organization not found");

    public static readonly Error Stale = Error.Conflict("quota.stale_write", "The quota was changed by somebody else in the meantime");

    public static readonly Error UnknownSubject = Error.Invalid(new Problem(["path", "subjectType"], "Input should be 'user', 'project' or 'organization'", "enum"));

    public static readonly Error RangeReversed = Error.Invalid(Problem.Query("start_date", "start_date must not be after end_date", "value_error"));

    public static Error RangeTooLong(int days) => Error.Invalid(Problem.Query("start_date", $"At most {days} days can be read at once", "value_error"));

    /// <summary>Nothing more may be started until the day ends.</summary>
    public static Error Exceeded(SubjectLimits subject, QuotaType type, double used, TimeSpan untilTomorrow)
    {
        var (quota, kind, limit) = (EnumWords<QuotaType>.ToWord(type), EnumWords<SubjectKind>.ToWord(subject.Kind), subject.Limits.Hard(type)!.Value);
        return new(ErrorKind.RateLimited, ExceededCode, $"Daily quota exceeded: {limit} {quota} per {kind}")
        {
            RetryAfter = untilTomorrow,
            More = new Dictionary<string, object> { ["code"] = "quota_exceeded", ["quota"] = quota, ["subject"] = kind, ["limit"] = limit, ["used"] = used },
        };
    }
}
