using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace EmbeddedFunctions.Startup;

/// <summary>Replaces <c>%Setting%</c> in trigger attributes; an unknown setting throws <see cref="InvalidOperationException"/>.</summary>
internal sealed partial class SettingExpansion(IConfiguration configuration)
{
    public string Expand(string text) => !text.Contains('%', StringComparison.Ordinal) ? text : Placeholder().Replace(text, match =>
    {
        var name = match.Groups["name"].Value;
        return configuration[name] ?? configuration[name.Replace("__", ":", StringComparison.Ordinal)]
            ?? throw new InvalidOperationException($"The setting '{name}' of '{text}' is missing.");
    });

    [GeneratedRegex("%(?<name>[^%]+)%", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();
}
