using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Platform.Functions.Variables;

/// <summary>What a variable is, in the words of this API.</summary>
public enum VariableKind
{
    Variable,
    Secret,
    File,
}

/// <summary>A new variable or secret.</summary>
public sealed record VariableRequest : IValidatableObject
{
    /// <summary>Name by which scripts read it.</summary>
    [StringLength(20, MinimumLength = 4), RegularExpression(ProjectVariableRequests.KeyPattern), VariableKey]
    public required string Key { get; init; }

    /// <summary>The value as it is.</summary>
    [StringLength(ProjectVariableRequests.MaxValue, MinimumLength = 1)]
    public required string Value { get; init; }

    /// <summary>What it is for.</summary>
    [StringLength(ProjectVariableRequests.MaxDescription)]
    public string? Description { get; init; }

    /// <summary>Shown only by decrypting it.</summary>
    public bool? IsSecret { get; init; }

    /// <summary>Another way to say <c>isSecret</c>; files are uploaded.</summary>
    public VariableKind? Type { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Type == VariableKind.File ? [new ValidationResult(ProjectVariableErrors.UploadNeeded.Message, [nameof(Type)])] : [];
}

/// <summary>What to change of a variable or secret; what is absent stays.</summary>
public sealed record VariableChangeRequest
{
    private readonly string? _description;

    /// <summary>Its new name.</summary>
    [StringLength(20, MinimumLength = 4), RegularExpression(ProjectVariableRequests.KeyPattern), VariableKey]
    public string? Key { get; init; }

    /// <summary>Its new value.</summary>
    [StringLength(ProjectVariableRequests.MaxValue, MinimumLength = 1)]
    public string? Value { get; init; }

    /// <summary>What it is for; null clears it.</summary>
    [StringLength(ProjectVariableRequests.MaxDescription)]
    public string? Description
    {
        get => _description;
        init => (_description, NamesDescription) = (value, true);
    }

    /// <summary>False shows the value to everybody who may read variables, which takes the permission to decrypt it unless a new value comes with it.</summary>
    public bool? IsSecret { get; init; }

    /// <summary>The version that the change was made from; when the variable has another one by now, the answer is 409.</summary>
    public long? Version { get; init; }

    /// <summary>The request has the member, if only as null.</summary>
    [JsonIgnore]
    public bool NamesDescription { get; private init; }
}

/// <summary>The text parts beside a new file.</summary>
public sealed record VariableUpload
{
    /// <summary>Name by which scripts read it.</summary>
    [StringLength(20, MinimumLength = 4), RegularExpression(ProjectVariableRequests.KeyPattern), VariableKey]
    public required string Key { get; init; }

    /// <summary>What it is for.</summary>
    [StringLength(ProjectVariableRequests.MaxDescription)]
    public string? Description { get; init; }
}

/// <summary>The text parts of a changed file variable; what is absent stays, the file too.</summary>
public sealed record VariableChangeUpload
{
    /// <summary>Its new name.</summary>
    [StringLength(20, MinimumLength = 4), RegularExpression(ProjectVariableRequests.KeyPattern), VariableKey]
    public string? Key { get; init; }

    /// <summary>What it is for; empty clears it.</summary>
    [StringLength(ProjectVariableRequests.MaxDescription)]
    public string? Description { get; init; }

    /// <summary>The version that the change was made from; when the variable has another one by now, the answer is 409.</summary>
    [RegularExpression("[0-9]{1,18}")]
    public string? Version { get; init; }
}
