using System.ComponentModel.DataAnnotations;

namespace Platform.Functions.Identity;

/// <summary>An absolute <c>http:</c> or <c>https:</c> URL; blank is none.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class WebAddressAttribute : ValidationAttribute
{
    public WebAddressAttribute()
        : base("Value should be an http or https URL")
    {
    }

    public override bool IsValid(object? value) => value is not string text || text.Length == 0
        || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp));
}
