namespace EmbeddedFunctions.DurableTask.Entities;

/// <summary>An operation that comes with the methods found so far, so that they are not looked for at each call.</summary>
internal interface IEntityMethodSource
{
    EntityMethods Methods { get; }
}
