using EmbeddedFunctions.Worker.Extensions.Abstractions;

namespace EmbeddedFunctions.Worker;

/// <summary>Marks the property of a function's return type that is the HTTP answer, when other properties are outputs.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = false)]
public sealed class HttpResultAttribute : OutputBindingAttribute;
