using System.Collections.Frozen;

namespace Platform.Functions.Audit;

/// <summary>The past tense of the verbs that audit actions end with.</summary>
internal static class Verbs
{
    private static readonly FrozenDictionary<string, string> Irregular = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ban"] = "banned",
        ["begin"] = "began",
        ["cancel"] = "cancelled",
        ["cleanup"] = "cleanup", // executions.md §2.14
        ["leave"] = "left",
        ["read"] = "read",
        ["rerun"] = "reran",
        ["reset"] = "reset",
        ["run"] = "ran",
        ["send"] = "sent",
        ["set"] = "set",
        ["stop"] = "stopped",
        ["unban"] = "unbanned",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string Past(string verb) => verb switch
    {
        _ when Irregular.TryGetValue(verb, out var past) => past,
        [.., 'e', 'd'] => verb,
        [.., 'e'] => verb + "d",
        [.., not ('a' or 'e' or 'i' or 'o' or 'u'), 'y'] => verb[..^1] + "ied",
        _ => verb + "ed",
    };
}
