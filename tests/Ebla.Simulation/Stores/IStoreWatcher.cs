namespace Ebla.Simulation.Stores;

/// <summary>Told of every change of the store, at the moment at which it happens.</summary>
internal interface IStoreWatcher
{
    void Appeared(StoredObject stored);

    void Promised(StoredObject stored);

    void Gone(StoredObject stored);
}
