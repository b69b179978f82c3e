using System.Text.Json.Serialization;
using Platform.Identity;
using Platform.Variables;

namespace Platform.Functions.Variables;

/// <summary>A variable as this API shows it. The value of a secret is never part of it: lists leave it out, single answers say <c>[ENCRYPTED]</c>.</summary>
public sealed record VariableView
{
    private const string Encrypted = "[ENCRYPTED]";

    public required Guid Id { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Key { get; init; }

    public required VariableKind Type { get; init; }

    public required bool IsSecret { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Value { get; init; }

    public required string? Description { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FileName { get; init; }

    /// <summary>Bytes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FileSize { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MimeType { get; init; }

    public required Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required long Version { get; init; }

    public static VariableView InList(VariableReading reading)
    {
        var variable = reading.Variable;
        return new VariableView
        {
            Id = variable.Id,
            ProjectId = variable.ProjectId,
            Key = variable.Key,
            Type = (VariableKind)variable.Type,
            IsSecret = variable.Type == VariableType.Secret,
            Value = reading.Value,
            Description = variable.Description,
            FileName = variable.FileName,
            FileSize = variable.FileSize,
            MimeType = variable.MimeType,
            CreatedBy = variable.CreatedBy,
            CreatedAt = variable.CreatedAt,
            UpdatedAt = variable.UpdatedAt,
            Version = variable.Version,
        };
    }

    public static VariableView Single(VariableReading reading) =>
        reading.Variable.Type == VariableType.Secret ? InList(reading) with { Value = Encrypted } : InList(reading);
}

/// <summary>One variable.</summary>
public sealed record VariableAnswer(bool Success, VariableView Data)
{
    public static VariableAnswer Of(VariableReading reading) => new(Success: true, VariableView.Single(reading));

    public static Result<VariableAnswer> Of(Result<VariableReading> reading) => reading.IsOk ? Of(reading.Value) : reading.Error;
}

/// <summary>All variables of a project, the newest first, and what the caller may do with them.</summary>
public sealed record VariableList(
    bool Success, IReadOnlyList<VariableView> Data, bool CanCreate, bool CanDelete, bool CanViewSecrets, bool CanCreateEdit, bool CanManage)
{
    public static VariableList Of(IReadOnlyList<VariableReading> readings, Caller caller)
    {
        var (create, update, delete) = (caller.Can(Permissions.VariablesCreate), caller.Can(Permissions.VariablesUpdate), caller.Can(Permissions.VariablesDelete));
        return new(
            Success: true, [.. readings.Select(VariableView.InList)], create, delete, caller.Can(Permissions.VariablesDecrypt), create && update, create && update && delete);
    }
}

/// <summary>A secret in clear.</summary>
public sealed record DecryptedVariable(Guid Id, string Key, string Value, string? Description);

/// <summary>Answer of decrypting.</summary>
public sealed record DecryptedAnswer(bool Success, DecryptedVariable Data)
{
    public static DecryptedAnswer Of(VariableReading reading) =>
        new(Success: true, new DecryptedVariable(reading.Variable.Id, reading.Variable.Key, reading.Value!, reading.Variable.Description));
}

/// <summary>It is done.</summary>
public sealed record VariableDeleted(bool Success);
