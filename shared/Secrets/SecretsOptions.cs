using System.ComponentModel.DataAnnotations;

namespace Platform.Secrets;

/// <summary>Section <c>Secrets</c>.</summary>
public sealed class SecretsOptions : IValidatableObject
{
    public const string Section = "Secrets";

    /// <summary>32 random bytes in base64. Without one, <c>master.key</c> of the data directory is used, and made at the first start.</summary>
    public string? MasterKey { get; set; }

    /// <summary>Former master keys: data keys that they wrap are read and wrapped anew with the current one.</summary>
    public IList<string> PreviousMasterKeys { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MasterKey is not null && !IsKey(MasterKey))
            yield return new ValidationResult("Secrets:MasterKey is not 32 bytes in base64", [nameof(MasterKey)]);
        if (!PreviousMasterKeys.All(IsKey))
            yield return new ValidationResult("Secrets:PreviousMasterKeys holds something that is not 32 bytes in base64", [nameof(PreviousMasterKeys)]);
    }

    private static bool IsKey(string text)
    {
        Span<byte> key = stackalloc byte[33];
        return Convert.TryFromBase64String(text, key, out var length) && length == AesGcmBox.KeyLength;
    }
}
