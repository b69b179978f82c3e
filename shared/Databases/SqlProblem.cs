using System.Text.Json.Serialization;

namespace Platform.Databases;

/// <summary>A detail of a refused query: the engine's state, where in the SQL it is (characters and lines count from 1), and what may help.</summary>
public sealed record SqlProblem(
    string SqlState,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Position = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Line = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Hint = null);
