using System.Security.Cryptography;
using System.Text;

namespace EmbeddedFunctions.Storage;

internal sealed record HostKey(string Scope, string Name, string Value)
{
    /// <summary>Makes comparisons take the same time for keys of any length.</summary>
    public byte[] Hash { get; } = SHA256.HashData(Encoding.UTF8.GetBytes(Value));
}
