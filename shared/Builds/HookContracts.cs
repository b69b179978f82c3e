using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;

namespace Platform.Builds;

/// <summary>Body of <c>POST /api/builds/{buildId}/hooks</c>: the hooks of a phase, or those of the names.</summary>
public sealed record NewHookRun : IValidatableObject
{
    private const int MaxPayload = 64 * 1024;

    public BuildHookPhase? Phase { get; init; }

    [Length(1, 10)]
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>An object that HTTP hooks send along, at most 64 KB.</summary>
    public JsonElement? Payload { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((Phase is null) == (Names is null))
            yield return new ValidationResult("Either phase or names should be given", [nameof(Phase)]);
        if (Payload is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) })
            yield return new ValidationResult("The payload should be an object", [nameof(Payload)]);
        if (Payload is { } payload && Encoding.UTF8.GetByteCount(payload.GetRawText()) > MaxPayload)
            yield return new ValidationResult("The payload should have at most 64 KB", [nameof(Payload)]);
    }
}
