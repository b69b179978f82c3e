using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Platform.Domains;

namespace Platform.Functions.Domains;

/// <summary>What a domain leads to.</summary>
public sealed record DomainTargetBody : IValidatableObject
{
    public required DomainTargetType Type { get; init; }

    /// <summary>The function of the project that answers requests for the domain, as it answers its URL.</summary>
    public Guid? FunctionId { get; init; }

    /// <summary>The branch whose latest build is shown; absent: the production branch.</summary>
    [StringLength(255, MinimumLength = 1), RegularExpression(@"(?![-/])(?!.*(\.\.|//|@\{|\.lock$))[^\x00-\x20\x7f~^:?*\[\\]+(?<![/.])")]
    public string? Branch { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((Type == DomainTargetType.Function) != FunctionId.HasValue)
            yield return new ValidationResult("Is needed for a function, and has no meaning for anything else", [nameof(FunctionId)]);
        if (Type == DomainTargetType.Function && Branch is not null)
            yield return new ValidationResult("Has a meaning for builds only", [nameof(Branch)]);
    }

    internal DomainTarget ToTarget() => new(Type, FunctionId, Branch);
}

/// <summary>Body of <c>POST /api/settings/domains</c>.</summary>
public sealed record DomainBody
{
    /// <summary>With or without a leading <c>*.</c>; may be international.</summary>
    [StringLength(253, MinimumLength = 1)]
    public required string Name { get; init; }

    public DomainTargetBody? Target { get; init; }

    /// <summary>Another domain of the project, to which this one sends its visitors.</summary>
    [StringLength(253, MinimumLength = 1)]
    public string? RedirectTo { get; init; }

    /// <summary>The project whose domain it is; absent: the active one.</summary>
    public string? ProjectId { get; init; }

    internal static string? Redirect(string? name) => name?.Trim().ToLowerInvariant();
}

/// <summary>Body of <c>PATCH /api/settings/domains/{domainId}</c>; what is absent stays.</summary>
public sealed record DomainChangeBody : IValidatableObject
{
    /// <summary>Null: leads nowhere.</summary>
    public DomainTargetBody? Target { get; init => (field, NamesTarget) = (value, true); }

    /// <summary>True takes it from the former primary domain.</summary>
    public bool? IsPrimary { get; init; }

    /// <summary>Null: none.</summary>
    [StringLength(253, MinimumLength = 1)]
    public string? RedirectTo { get; init => (field, NamesRedirect) = (value, true); }

    /// <summary>Look for the record now; at most 6 times a minute.</summary>
    [AllowedValues(true, null)]
    public bool? Verify { get; init; }

    [JsonIgnore]
    internal bool NamesTarget { get; private init; }

    [JsonIgnore]
    internal bool NamesRedirect { get; private init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!NamesTarget && !NamesRedirect && IsPrimary is null && Verify is null)
            yield return new ValidationResult("At least one member should be given");
    }

    internal DomainChange ToChange() => new()
    {
        NamesTarget = NamesTarget,
        Target = Target?.ToTarget(),
        IsPrimary = IsPrimary,
        NamesRedirect = NamesRedirect,
        RedirectTo = DomainBody.Redirect(RedirectTo),
        Verify = Verify == true,
    };
}

/// <summary>Query of <c>GET /api/settings/domains</c>.</summary>
public sealed record DomainQuery
{
    /// <summary>The project; absent: the active one; <c>all</c>: every project of the organization.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Any of these.</summary>
    public IReadOnlyList<DomainStatus> Status { get; init; } = [];

    /// <summary>A part of the name.</summary>
    [StringLength(253)]
    public string? Search { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }

    internal DomainFilter ToFilter(Guid? project) => new() { ProjectId = project, Statuses = [.. Status.Distinct()], Search = Search };
}
