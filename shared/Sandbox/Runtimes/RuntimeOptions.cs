using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Platform.Sandbox.Runtimes;

/// <summary>Section <c>Runtimes</c>: languages by name. What a configured language leaves out is taken from the built-in one of the same name.</summary>
public sealed class RuntimeOptions : IValidatableObject
{
    public const string Section = "Runtimes";

    /// <summary>Languages in the order in which they are offered.</summary>
    public IReadOnlyList<LanguageOptions> Languages { get; private set; } = BuiltInLanguages.All;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Languages.SelectMany(language => language.Mistakes());

    internal void Read(IConfigurationSection section)
    {
        var languages = BuiltInLanguages.All.ToList();
        foreach (var entry in section.GetChildren())
        {
            // The binder appends to lists, so it gets an empty object, and what stays empty comes from the built-in language.
            var configured = entry.Get<LanguageOptions>() ?? new LanguageOptions();
            var at = languages.FindIndex(language => language.Lang == entry.Key);
            if (at < 0)
                languages.Add(configured.Named(entry.Key));
            else
                languages[at] = configured.Over(languages[at]);
        }
        Languages = languages;
    }
}
