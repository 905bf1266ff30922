package io.holdfast.localplatform.part;

import io.holdfast.localplatform.runfolder.Secrets;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Brings users and rights in Nacos to what they have to be; asks a few questions and changes nothing where all is well. */
public final class NacosUsers {

    private final NacosApi api;

    NacosUsers(NacosApi api) {
        this.api = api;
    }

    /** Rights that a role has and should not, say from an earlier version, are taken from it. A password is never changed. */
    void ensure(List<NacosUser> wanted, Secrets secrets) throws IOException, InterruptedException {
        Set<String> users = api.users();
        Set<String> bound = api.usersWithTheirRole();
        for (NacosUser user : wanted) {
            if (!users.contains(user.name())) {
                api.createUser(user.name(), secrets.nacosPassword(user.name()));
            }
            boolean has = bound.contains(user.name());
            if (!has) {
                api.bindToItsRole(user.name());
            }
            ensureRights(user, has);
        }
    }

    private void ensureRights(NacosUser user, boolean boundBefore) throws IOException, InterruptedException {
        Set<NacosUser.Right> present = api.rights(user.name());
        for (NacosUser.Right right : present) {
            if (!user.rights().contains(right)) {
                api.revoke(user.name(), right);
            }
        }
        if (boundBefore && !present.containsAll(user.rights())) {
            // Nacos grants nothing to a role that it has not met since its start, and meets one when it is bound.
            api.unbindFromItsRole(user.name());
            api.bindToItsRole(user.name());
        }
        for (NacosUser.Right right : user.rights()) {
            if (!present.contains(right)) {
                api.grant(user.name(), right);
            }
        }
    }
}
