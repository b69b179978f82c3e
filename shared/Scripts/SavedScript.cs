using Platform.Data;

namespace Platform.Scripts;

/// <summary>A script that a user keeps. His alone: operators do not see it.</summary>
public sealed class SavedScript : IUserOwned
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>Where it was saved, and where its schedule runs it.</summary>
    public required Guid ProjectId { get; init; }

    public required string Name { get; set; }

    public required string Script { get; set; }

    public required string Lang { get; set; }

    public required string LangVersion { get; set; }

    public string? Description { get; set; }

    /// <summary>Number of the content's version; of two changes at once it refuses the later one.</summary>
    public int Version { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public ScriptContent Content => new(Name, Script, Lang, LangVersion, Description);

    public void Set(ScriptContent content) =>
        (Name, Script, Lang, LangVersion, Description) = (content.Name, content.Script, content.Lang, content.LangVersion, content.Description);
}

/// <summary>What a version of a script consists of.</summary>
public sealed record ScriptContent(string Name, string Script, string Lang, string LangVersion, string? Description);

/// <summary>A script as it was saved once; reached through the script only.</summary>
[PlatformScoped]
public sealed class ScriptVersion
{
    public required Guid ScriptId { get; init; }

    /// <summary>Counts from 1.</summary>
    public required int Number { get; init; }

    public required string Name { get; init; }

    public required string Script { get; init; }

    public required string Lang { get; init; }

    public required string LangVersion { get; init; }

    public string? Description { get; init; }

    public required DateTimeOffset SavedAt { get; init; }

    public ScriptContent Content => new(Name, Script, Lang, LangVersion, Description);

    public static ScriptVersion Of(SavedScript script) => new()
    {
        ScriptId = script.Id,
        Number = script.Version,
        Name = script.Name,
        Script = script.Script,
        Lang = script.Lang,
        LangVersion = script.LangVersion,
        Description = script.Description,
        SavedAt = script.UpdatedAt,
    };
}
