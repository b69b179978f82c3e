using System.ComponentModel.DataAnnotations;

namespace Platform.Sandbox.Runtimes;

/// <summary>One language of the catalogue. In texts <c>{v}</c> is the version, <c>{bin}</c> the interpreter that was found, <c>{file}</c> the script.</summary>
public sealed class LanguageOptions
{
    public string Lang { get; set; } = "";

    /// <summary>As callers ask for them: <c>3.11</c> stands for every 3.11.x.</summary>
    public List<string> Versions { get; set; } = [];

    /// <summary>Where to look, first hit wins: names are looked up in PATH, paths may hold <c>*</c> in folder names.</summary>
    public List<string> Candidates { get; set; } = [];

    /// <summary>Command that prints the version, as its first number with a dot; or several versions, each at the beginning of a line, the newest last.</summary>
    public List<string> VersionCommand { get; set; } = [];

    /// <summary>Command that runs the script.</summary>
    public List<string> Command { get; set; } = [];

    public string FileName { get; set; } = "";

    public Dictionary<string, string> Environment { get; set; } = [];

    /// <summary>Size of <c>/tmp</c> in MiB where the usual 10 do not do.</summary>
    public int? TmpMb { get; set; }

    public string Example { get; set; } = "";

    /// <summary>Whether scripts can be written in it; null is yes. Otherwise only functions can.</summary>
    public bool? Scripts { get; set; }

    internal LanguageOptions Named(string lang)
    {
        Lang = lang;
        return this;
    }

    internal LanguageOptions Over(LanguageOptions other) => new()
    {
        Lang = other.Lang,
        Versions = Versions.Count > 0 ? Versions : other.Versions,
        Candidates = Candidates.Count > 0 ? [.. Candidates, .. other.Candidates] : other.Candidates,
        VersionCommand = VersionCommand.Count > 0 ? VersionCommand : other.VersionCommand,
        Command = Command.Count > 0 ? Command : other.Command,
        FileName = FileName.Length > 0 ? FileName : other.FileName,
        Environment = Environment.Count > 0 ? Environment : other.Environment,
        TmpMb = TmpMb ?? other.TmpMb,
        Example = Example.Length > 0 ? Example : other.Example,
        Scripts = Scripts ?? other.Scripts,
    };

    internal IEnumerable<ValidationResult> Mistakes()
    {
        if (Versions.Count == 0)
            yield return Missing(nameof(Versions));
        if (Candidates.Count == 0)
            yield return Missing(nameof(Candidates));
        if (VersionCommand.Count == 0)
            yield return Missing(nameof(VersionCommand));
        if (Command.Count == 0)
            yield return Missing(nameof(Command));
        if (FileName.Length == 0 || FileName.Contains('/'))
            yield return Missing(nameof(FileName));
        if (TmpMb is <= 0 or > 4096)
            yield return new ValidationResult($"{RuntimeOptions.Section}:{Lang}:{nameof(TmpMb)} must be 1 to 4096.");
    }

    private ValidationResult Missing(string property) => new($"{RuntimeOptions.Section}:{Lang}:{property} is missing or malformed.");
}
