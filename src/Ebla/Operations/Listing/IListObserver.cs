namespace Ebla.Operations.Listing;

/// <summary>Told what a listing cannot show.</summary>
public interface IListObserver
{
    /// <summary>A directory is damaged. The listing goes on behind it, and is not whole.</summary>
    void Problem(ListProblem problem);
}
